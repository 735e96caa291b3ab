import { mdiAlertCircleOutline, mdiCheckCircle, mdiCircleOutline, mdiTimerSand } from "@mdi/js";
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { fill, type Texts } from "../localize/index.ts";
import { dueOf } from "../model/due.ts";
import { rowsThatFit } from "../model/fit.ts";
import type { Formats } from "../model/formats.ts";
import { openTodos } from "../model/pages.ts";
import type { TodoItem } from "../protocol.ts";
import { base } from "../styles.ts";
import { askFor } from "./command.ts";
import { icon } from "./icon.ts";

/** More rows than this fit on no mirror; the rest is counted. */
const MOST_ROWS = 40;

/** A list of todos, as many as fit; a tap completes one or takes that back. */
export class MiraTodos extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        min-block-size: 0;
        block-size: 100%;
        overflow: hidden;
      }
      ul {
        position: relative;
        block-size: 100%;
        margin: 0;
        padding: 0;
        list-style: none;
        display: flex;
        flex-flow: column wrap;
        align-content: flex-start;
        gap: var(--row-gap, calc(1.4 * var(--u))) calc(3 * var(--gap));
        --columns: var(--todo-columns, 1);
      }
      :host(:not([whole])) ul {
        justify-content: flex-end;
      }
      li {
        flex: none;
        inline-size: calc((100% - (var(--columns) - 1) * 3 * var(--gap)) / var(--columns));
        animation: arrive var(--motion) var(--ease);
      }
      li.rest-hidden {
        position: absolute;
        inset-inline-start: 0;
        inset-block-start: 0;
        visibility: hidden;
      }
      .todo {
        display: flex;
        align-items: flex-start;
        gap: var(--gap);
        inline-size: 100%;
        padding-block: calc(0.5 * var(--u));
        font-size: var(--text);
        line-height: 1.2;
      }
      .words {
        min-inline-size: 0;
      }
      .summary {
        display: -webkit-box;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 2;
        overflow: hidden;
        overflow-wrap: anywhere;
        text-wrap: pretty;
      }
      .due {
        display: flex;
        align-items: center;
        gap: 0.3em;
        font-size: var(--small);
        color: var(--soft);
        margin-block-start: 0.1em;
      }
      .due .icon {
        inline-size: 1.05em;
        block-size: 1.05em;
      }
      .overdue {
        color: var(--warning);
      }
      .completed .summary {
        color: var(--soft);
        text-decoration: line-through;
        text-decoration-thickness: 0.06em;
      }
      .completed .mark {
        color: var(--soft);
      }
      .pending .mark {
        animation: breathe 1.2s ease-in-out infinite;
      }
      .rest,
      .empty {
        font-size: var(--small);
        color: var(--soft);
        line-height: 1.3;
      }
      .rest {
        padding-inline-start: calc(var(--icon) + var(--gap));
      }
      .empty {
        font-size: var(--text);
      }
    `,
  ];

  @property({ attribute: false }) todos: TodoItem[] = [];
  /** Also what is completed, from the top; otherwise what is open, down to the bottom. */
  @property({ type: Boolean }) whole = false;
  @property({ attribute: false }) pending: ReadonlySet<string> = new Set();
  @property({ attribute: false }) formats!: Formats;
  @property({ attribute: false }) texts!: Texts;
  /** Said where there are none. */
  @property() empty = "";
  @property({ type: Number }) minute = 0;
  @state() private rows = MOST_ROWS;

  #size = new ResizeObserver(() => this.#measure());

  override connectedCallback(): void {
    super.connectedCallback();
    this.#size.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#size.disconnect();
  }

  override render(): TemplateResult {
    const todos = this.#listed();
    if (todos.length === 0) return html`<ul><li class="empty" data-test="no-todos">${this.empty}</li></ul>`;
    const shown = todos.slice(0, MOST_ROWS);
    const rest = todos.length - Math.min(this.rows, shown.length);
    return html`<ul>
      ${repeat(
        shown,
        (todo) => todo.uid,
        (todo, index) => html`<li class=${index < this.rows ? "" : "rest-hidden"}>${this.#todo(todo)}</li>`,
      )}
      ${rest > 0 ? html`<li class="rest" data-test="todos-rest"><bdi>${fill(this.texts.more, { count: rest })}</bdi></li>` : nothing}
    </ul>`;
  }

  #listed(): TodoItem[] {
    return this.whole ? this.todos : openTodos(this.todos);
  }

  override updated(): void {
    this.#measure();
  }

  #todo(todo: TodoItem): TemplateResult {
    const completed = todo.status === "completed";
    const waits = this.pending.has(todo.uid);
    const mark = waits ? mdiTimerSand : completed ? mdiCheckCircle : mdiCircleOutline;
    const status = completed ? "completed" : "needs_action";
    return html`<button
      class="todo ${completed ? "completed" : ""} ${waits ? "pending" : ""}"
      role="checkbox"
      aria-checked=${completed}
      aria-busy=${waits}
      data-test="todo"
      data-uid=${todo.uid}
      data-status=${status}
      @click=${() => this.#toggle(todo)}
    >
      ${icon(mark, "mark")}
      <span class="words">
        <span class="summary" dir="auto">${todo.summary}</span>
        ${completed ? nothing : this.#due(todo)}
      </span>
    </button>`;
  }

  #due(todo: TodoItem): TemplateResult | typeof nothing {
    const due = dueOf(todo.due, this.minute * 60_000, this.formats, this.texts);
    if (!due) return nothing;
    if (!due.overdue) return html`<span class="due" data-test="due">${due.words}</span>`;
    return html`<span class="due overdue" data-test="due">
      ${icon(mdiAlertCircleOutline)} ${this.texts.overdue} · ${due.words}
    </span>`;
  }

  #toggle(todo: TodoItem): void {
    if (this.pending.has(todo.uid)) return;
    const status = todo.status === "completed" ? "needs_action" : "completed";
    askFor(this, todo.uid, { action: "update_todo", payload: { uid: todo.uid, status } });
  }

  /** Counts the rows that fit. Rows that do not stay in the page, unseen, so that they can be measured. */
  #measure(): void {
    const list = this.renderRoot.querySelector("ul");
    const items = [...this.renderRoot.querySelectorAll<HTMLElement>("li:not(.rest, .empty)")];
    if (!list || items.length === 0) return;
    const style = getComputedStyle(list);
    const room = {
      height: list.clientHeight,
      columns: Number.parseInt(style.getPropertyValue("--columns"), 10) || 1,
      gap: Number.parseFloat(style.rowGap) || 0,
    };
    const rest = this.renderRoot.querySelector<HTMLElement>(".rest")?.offsetHeight ?? 0;
    const heights = items.map((item) => item.offsetHeight);
    this.rows = rowsThatFit(heights, room, rest, this.#listed().length === items.length);
  }
}
