import { mdiCheckboxBlankOutline, mdiCheckboxMarked, mdiDeleteOutline, mdiPlus } from "@mdi/js";
import { css, html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { askFor } from "../components/command.ts";
import { icon } from "../components/icon.ts";
import type { Display } from "../model/display.ts";
import { dueOf } from "../model/due.ts";
import { openTodos } from "../model/pages.ts";
import type { TodoItem } from "../protocol.ts";
import { fill } from "../texts.ts";
import { type CardConfig, type CardField, cardFile, MiraCard } from "./card.ts";

interface TodoConfig extends CardConfig {
  add?: boolean;
  completed?: boolean;
  count?: number;
}

const FIELDS: readonly CardField[] = [
  { name: "add", selector: { boolean: {} }, default: true },
  { name: "completed", selector: { boolean: {} }, default: true },
  { name: "count", selector: { number: { min: 1, max: 100, mode: "box" } }, default: 20 },
];

/** The mirror's to-dos. Nothing changes here before the mirror has decided. */
class MiraTodoCard extends MiraCard<TodoConfig> {
  static override styles = [
    ...MiraCard.styles,
    css`
      ul {
        margin: 0;
        padding: 0;
        list-style: none;
      }
      .tick {
        display: flex;
        flex: 1;
        align-items: center;
        gap: 12px;
        min-inline-size: 0;
        min-block-size: 44px;
        cursor: pointer;
      }
      .summary {
        font-size: var(--text);
        overflow-wrap: anywhere;
      }
      .completed .summary {
        color: var(--secondary-text-color);
        text-decoration: line-through;
      }
      [aria-busy="true"] {
        opacity: 0.5;
      }
      .error {
        color: var(--problem);
      }
      form {
        display: flex;
        gap: 8px;
      }
    `,
  ];

  protected override body(display: Display): TemplateResult {
    const todos = display.view?.state?.todos ?? [];
    const open = openTodos(todos);
    const done = this.options.completed ? todos.filter((todo) => !open.includes(todo)) : [];
    const listed = [...open, ...done];
    const shown = listed.slice(0, this.options.count);
    return html`
      ${this.options.add ? this.#form() : nothing}
      ${open.length === 0 ? html`<p class="note">${todos.length ? this.texts.no_todos : this.texts.empty_list}</p>` : nothing}
      <ul>
        ${repeat(
          shown,
          (todo) => todo.uid,
          (todo) => this.#todo(todo, display),
        )}
      </ul>
      ${listed.length > shown.length ? html`<p class="note">${fill(this.texts.more, { count: listed.length - shown.length })}</p>` : nothing}
      ${this.#many(open, done)}
    `;
  }

  #todo(todo: TodoItem, display: Display): TemplateResult {
    const completed = todo.status === "completed";
    const due = completed ? null : dueOf(todo.due, this.now, this.formats, this.texts);
    const tick = () =>
      askFor(this, todo.uid, {
        action: "update_todo",
        payload: { uid: todo.uid, status: completed ? "needs_action" : "completed" },
      });
    const remove = () => askFor(this, todo.uid, { action: "remove_todo", payload: { uid: todo.uid } });
    return html`<li
      class="row ${completed ? "completed" : ""}"
      aria-busy=${display.pending.has(todo.uid)}
      data-test="todo"
      data-uid=${todo.uid}
    >
      <button class="tick" role="checkbox" aria-checked=${completed} @click=${tick}>
        ${icon(completed ? mdiCheckboxMarked : mdiCheckboxBlankOutline)}
        <span class="words">
          <span class="summary" dir="auto">${todo.summary}</span>
          ${due ? html`<div class=${due.overdue ? "error" : "soft"}>${due.words}${due.overdue ? ` · ${this.texts.overdue}` : ""}</div>` : nothing}
        </span>
      </button>
      <button class="tap bare" data-test="remove" aria-label=${fill(this.words.remove, { summary: todo.summary })} @click=${remove}>
        ${icon(mdiDeleteOutline)}
      </button>
    </li>`;
  }

  #form(): TemplateResult {
    return html`<form @submit=${this.#add}>
      <input type="text" name="summary" maxlength="255" autocomplete="off" placeholder=${this.words.new_todo} aria-label=${this.words.new_todo} />
      <button class="tap" aria-label=${this.words.add}>${icon(mdiPlus)}</button>
    </form>`;
  }

  /** What is done to many at once is one command, which one undo takes back. */
  #many(open: TodoItem[], done: TodoItem[]): TemplateResult | typeof nothing {
    if (open.length < 2 && done.length === 0) return nothing;
    const uids = open.map(({ uid }) => uid);
    const complete = () => askFor(this, "complete", { action: "complete_todos", payload: { uids } });
    const clear = () => askFor(this, "clear", { action: "clear_completed_todos", payload: {} });
    return html`<div class="line">
      ${open.length > 1 ? html`<button class="tap" data-test="complete" @click=${complete}>${this.words.complete}</button>` : nothing}
      ${done.length ? html`<button class="tap" data-test="clear" @click=${clear}>${this.words.clear}</button>` : nothing}
    </div>`;
  }

  #add(event: SubmitEvent): void {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const summary = String(new FormData(form).get("summary")).trim();
    if (!summary) return;
    askFor(this, "add", { action: "add_todo", payload: { summary } });
    form.reset();
  }
}

export default cardFile("mira-todo", MiraTodoCard, FIELDS);
