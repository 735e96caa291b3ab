/** What most parts of the display share: one file, loaded once (build.mjs). */
import "lit";
import "lit/decorators.js";
import "./components/command.ts";
import "./components/icon.ts";
import "./define.ts";
import "./every-second.ts";
import "./localize/index.ts";
import "./model/due.ts";
import "./model/formats.ts";
import "./model/gesture.ts";
import "./model/question.ts";
import "./model/refusal.ts";
import "./styles.ts";
