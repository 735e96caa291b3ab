import {
  mdiAlertCircleOutline,
  mdiCheckCircle,
  mdiCircleOutline,
  mdiDeleteSweepOutline,
  mdiTimerSand,
} from "@mdi/js";
import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { askFor } from "../../components/command.ts";
import { icon } from "../../components/icon.ts";
import { FitRows, MOST_ROWS, rowsStyle } from "../../fit-rows.ts";
import type { Display } from "../../model/display.ts";
import { dueOf } from "../../model/due.ts";
import { hyphenated } from "../../model/hyphens.ts";
import { openTodos } from "../../model/pages.ts";
import type { TodoItem } from "../../protocol.ts";
import { base } from "../../styles.ts";
import { fill } from "../../texts.ts";
import { MiraWidget, widgetStyle } from "../widget.ts";
import type { TodosOptions } from "./settings.ts";

/** The hint makes room for so many. */
const LEAST_ROWS = 3;

const isCompleted = ({ status }: TodoItem) => status === "completed";

/** Whether something in it is another of what is shown here: a list is not drawn anew with each event. */
function isAnother(display?: Display, before?: Display): boolean {
  return display?.view?.state?.todos !== before?.view?.state?.todos || display?.pending !== before?.pending;
}

/** The mirror's todos, as many as fit; a tap completes one or takes that back. */
export default class MiraTodos extends MiraWidget<TodosOptions> {
  static override styles = [
    base,
    widgetStyle,
    rowsStyle,
    css`
      :host {
        flex: var(--list-flex, 0 1 auto);
      }
      .rows {
        --columns: var(--list-columns, 1);
        block-size: var(--list-height, auto);
        flex-wrap: var(--list-wrap, nowrap);
        align-content: flex-start;
        column-gap: calc(3 * var(--gap));
      }
      li {
        inline-size: calc((100% - (var(--columns) - 1) * 3 * var(--gap)) / var(--columns));
      }
      .row.new {
        animation: arrive var(--motion) var(--ease);
      }
      .todo {
        display: flex;
        align-items: flex-start;
        gap: var(--gap);
        inline-size: 100%;
        min-block-size: var(--touch);
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
        overflow-wrap: break-word;
        text-wrap: pretty;
      }
      .due {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        column-gap: 0.3em;
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
      .clear {
        font-size: var(--small);
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
        position: absolute;
        inset-block: auto 0;
        inset-inline-end: 0;
        padding-inline-start: calc(var(--icon) + var(--gap));
      }
      .empty {
        font-size: var(--text);
      }
    `,
  ];

  @property({ attribute: false, hasChanged: isAnother }) override display?: Display;

  #rows = new FitRows(this, () => this.#listed().length <= MOST_ROWS, LEAST_ROWS);

  #known: ReadonlySet<string> = new Set();
  /** Those that have come to a list that was there already. */
  #fresh: ReadonlySet<string> = new Set();

  protected override shows(): boolean {
    return Boolean(this.display?.view?.state);
  }

  protected override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    const uids = new Set(this.#all().map(({ uid }) => uid));
    const come = [...uids].filter((uid) => !this.#known.has(uid));
    if (come.length === 0 && uids.size === this.#known.size) return;
    this.#fresh = new Set(this.#known.size > 0 ? come : []);
    this.#known = uids;
  }

  override render(): TemplateResult {
    const todos = this.#listed();
    if (todos.length === 0) return this.#nothing();
    const shown = todos.slice(0, MOST_ROWS);
    const rest = todos.length - Math.min(this.#rows.shown, shown.length);
    return html`<ul class="rows" data-test="todos">
      ${repeat(
        shown,
        (todo) => todo.uid,
        (todo, index) =>
          html`<li class="row ${index < this.#rows.shown ? "" : "unseen"} ${this.#fresh.has(todo.uid) ? "new" : ""}">
            ${this.#todo(todo)}
          </li>`,
      )}
      ${todos.some(isCompleted) ? html`<li class="row ${shown.length < this.#rows.shown ? "" : "unseen"}">${this.#clear()}</li>` : nothing}
      ${rest > 0 ? html`<li class="rest" data-test="todos-rest"><bdi>${fill(this.texts.more, { count: rest })}</bdi></li>` : nothing}
    </ul>`;
  }

  #nothing(): TemplateResult {
    const words = this.#all().length === 0 ? this.texts.empty_list : this.texts.no_todos;
    return html`<ul class="rows" data-test="todos"><li class="empty" data-test="no-todos">${words}</li></ul>`;
  }

  #all(): TodoItem[] {
    return this.display?.view?.state?.todos ?? [];
  }

  #listed(): TodoItem[] {
    return this.options.completed ? this.#all() : openTodos(this.#all());
  }

  #todo(todo: TodoItem): TemplateResult {
    const completed = isCompleted(todo);
    const waits = this.#pending.has(todo.uid);
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
      @click=${(tap: MouseEvent) => this.#toggle(todo, tap)}
    >
      ${icon(mark, "mark")}
      <span class="words">
        <span class="summary" dir="auto">${hyphenated(todo.summary)}</span>
        ${completed ? nothing : this.#due(todo)}
      </span>
    </button>`;
  }

  /** All that are completed go by one command, which one undo takes back. */
  #clear(): TemplateResult {
    const clear = (tap: MouseEvent) => {
      if (!this.#pending.has("clear") && !this.#rows.isMissed(tap))
        askFor(this, "clear", { action: "clear_completed_todos", payload: {} });
    };
    return html`<button class="todo clear" aria-busy=${this.#pending.has("clear")} data-test="clear" @click=${clear}>
      ${icon(mdiDeleteSweepOutline, "mark")}
      <span class="words">${this.texts.clear_completed}</span>
    </button>`;
  }

  #due(todo: TodoItem): TemplateResult | typeof nothing {
    const due = dueOf(todo.due, this.minute * 60_000, this.formats, this.texts);
    if (!due) return nothing;
    if (!due.overdue) return html`<span class="due" data-test="due">${due.words}</span>`;
    return html`<span class="due overdue" data-test="due">
      ${icon(mdiAlertCircleOutline)} <span>${this.texts.overdue}</span> <span>${due.words}</span>
    </span>`;
  }

  get #pending(): ReadonlySet<string> {
    return this.display?.pending ?? new Set();
  }

  #toggle(todo: TodoItem, tap: MouseEvent): void {
    if (this.#pending.has(todo.uid) || this.#rows.isMissed(tap)) return;
    const status = isCompleted(todo) ? "needs_action" : "completed";
    askFor(this, todo.uid, { action: "update_todo", payload: { uid: todo.uid, status } });
  }
}
