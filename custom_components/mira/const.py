"""Constants of the Mira integration."""

from typing import Final

DOMAIN: Final = "mira"

CONF_MIRROR: Final = "mirror"
DEFAULT_MIRROR: Final = "hall"
DEFAULT_PORT: Final = 6379

ATTR_WAITING_FOR: Final = "waiting_for"
CONFIRMATION: Final = "confirmation"
"""What a command waits for that the mirror has accepted and not carried out."""

GESTURES: Final = [
    "palm",
    "fist",
    "pointing_up",
    "thumb_up",
    "thumb_down",
    "victory",
    "ok",
    "rock",
    "call",
    "pinch",
    "swipe_left",
    "swipe_right",
    "swipe_up",
    "swipe_down",
    "wave",
    "circle_clockwise",
    "circle_counter_clockwise",
]

MOTIONS: Final = frozenset(gesture for gesture in GESTURES if gesture.startswith(("swipe_", "wave", "circle_")))
"""Gestures that are over at once: nobody holds them."""

GESTURE_NAME: Final = r"^[a-z][a-z0-9_]{0,31}$"
"""Of a gesture, one that somebody has taught included."""

LANGUAGE: Final = r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?"
"""What the protocol takes for a language."""

SOURCES: Final = ["automation", "touch", "voice", "gesture", "sensor", "system"]

DEVICE_KINDS: Final = ("camera", "microphone")
"""What a mirror's devices are; its own have these ids, too."""

SUBJECTS: Final = ("gesture", "people", "screen", "talk", "voice", "windows")
"""What a mirror may be able to do, as far as we have words for it."""

DEGRADED: Final = (
    *("announcement_failed", "api_keys", "api_not_listening"),
    *("broker_away", "broker_forbids", "broker_missing", "broker_name_taken"),
    *("cloned_log", "extra_missing", "foreign_window_commands", "forged_events"),
    *(
        "personal_data",
        "samples_missing",
        "stream_reset",
        "takes_missing",
        "unknown_subject",
        "voice_no_home_assistant",
    ),
    *("wake_models", "window_model", "worker_failing"),
)
"""What the sidecar says of itself where something does not work although it decides, as far as we have words for it."""

ACTIONS: Final = [
    "set_microphone",
    "set_camera",
    "toggle_microphone",
    "toggle_camera",
    "add_todo",
    "update_todo",
    "remove_todo",
    "remove_todos",
    "complete_todos",
    "move_todo",
    "clear_completed_todos",
    "show_page",
    "next_page",
    "previous_page",
    "show_message",
    "press_button",
    "gesture",
    "utterance",
    "ask",
    "confirm",
    "cancel",
    "unlock",
    "lock",
    "set_pin",
    "undo",
    "set_pages",
    "set_thresholds",
    "set_gesture",
    "teach_gesture",
    "take_sample",
    "forget_gesture",
    "time_out",
    "withdraw",
    "forget_traces",
    "shift_times",
    "revoke",
    "set_parts",
    "add_person",
    "change_person",
    "forget_person",
    "enrol",
    "take_print",
    "recognise",
    "end_enrolment",
    "person_erased",
    "print_lost",
    "wake",
    "listen",
    "advance_turn",
    "end_turn",
    "say",
    "end_speech",
    "stop_talking",
    "set_voice",
    "teach_wake_word",
    "take_wake_word",
    "judge_wake_word",
    "forget_wake_word",
    "begin_reply",
    "express",
    "end_reply",
    "clear_face",
    "compact",
    "forget_talk",
    "talk_forgotten",
    "speak_up",
    "request_capture",
    "end_capture",
    "add_window",
    "change_window",
    "remove_window",
    "hold_window",
    "resume_window",
    "limit_window",
    "lock_window",
    "set_window_auto",
    "place_sensor",
    "remove_sensor",
    "activate_model",
    "set_window",
    "shut_window",
    "window_moved",
    "window_fault",
    "window_recovered",
    "drop_run",
    "observe_weather",
    "observe_home",
]

SENDERS: Final = ("home", "gesture", "voice", "sensor", "api")
"""Who writes to the mirror's commands streams, a stream each."""

OWN_ACTIONS: Final = frozenset(
    {
        *("set_pages", "time_out", "withdraw", "take_sample", "forget_traces", "shift_times", "revoke", "set_parts"),
        *("end_enrolment", "clear_face", "shut_window"),
    }
)
"""Actions that the mirror asks of itself; from everybody else it refuses them."""

PEOPLE_ACTIONS: Final = frozenset(
    {"add_person", "change_person", "forget_person", "person_erased", "enrol", "take_print", "print_lost", "recognise"}
)
"""Actions about those who live here: for administrators."""
NAMING_ACTIONS: Final = frozenset({"add_person", "change_person", "take_print"})
"""Those that come with a name, or with a print: words beside the command, which is in the log."""

REPLY_FAILURES: Final = ("no_agent", "failed", "broke_off", "timed_out", "too_long", "no_answer")
"""Why a persona has no answer, or not the whole of it."""
REPLY_OUTCOMES: Final = ("answered", "interrupted", *REPLY_FAILURES, "lost")
"""What becomes of a reply of a persona; `lost`: nobody knows, as after a restart."""

TURN_OUTCOMES: Final = (
    *("answered", "nothing_heard", "not_understood", "failed", "interrupted", "stopped", "timed_out"),
)
"""What becomes of a turn in which somebody talks to the mirror."""
TURN_CODES: Final = (
    *("validation_error", "stt_provider_missing", "stt_provider_unsupported_metadata", "stt_stream_failed"),
    *("stt_no_text_recognized", "cloud_auth_failed", "intent_agent_not_found", "intent_not_supported"),
    *("intent_failed", "no_intent_match", "tts_not_supported", "duplicate_wake_up_detected"),
    *REPLY_FAILURES,
)
"""Why it was not answered: Home Assistant's own codes, as the protocol writes them, and a persona's."""
TURN_TRACE: Final = ("stt_started_ms", "speech_ended_ms", "stt_ms", "intent_ms", "first_sound_ms")
"""What took how long from the opening of a turn on."""

WINDOW_FAULTS: Final = ("silent", "stuck", "drifting", "lying", "no_effect")
"""What can be wrong with the drive of a window, as far as we have words for it."""

CONSENTS: Final = ("face", "voice", "memory")
"""What a person can agree to."""

REASONS: Final = [
    "bad_command",
    "unknown_action",
    "bad_payload",
    "source_not_allowed",
    "rate_limited",
    "expired",
    "microphone_off",
    "camera_off",
    "gesture_off",
    "low_confidence",
    "cooldown",
    "pin_required",
    "pin_opens_less",
    "superseded",
    "question_pending",
    "wrong_pin",
    "pin_blocked",
    "pin_unknown",
    "no_pin",
    "nothing_pending",
    "consent_needed",
    "already_done",
    "changed_since",
    "nothing_to_undo",
    "unknown_todo",
    "todo_exists",
    "too_many_todos",
    "unknown_page",
    "unknown_gesture",
    "too_many_gestures",
    "message_gone",
    "unknown_button",
    "unknown_person",
    "person_exists",
    "too_many_people",
    "no_consent",
    "enrolling",
    "pin_taken",
    "unknown_word",
    "already_listening",
    "turn_over",
    "speech_over",
    "word_exists",
    "too_many_words",
    "lesson_over",
    "reply_over",
    "talking",
    "quiet_hours",
    "nobody_there",
    "spoken_up_enough",
    "capturing",
    "capture_over",
    "unknown_window",
    "window_exists",
    "too_many_windows",
    "unknown_sensor",
    "too_many_sensors",
    "not_calibrated",
    "motor_rest",
    "too_many_runs",
    "window_fault",
    "window_locked",
    "automatic_off",
    "window_held",
    "window_limit",
    "rain",
    "storm",
    "armed",
    "nobody_home",
    "frost",
    "quiet_time",
    "outdoor_air",
    "stale_readings",
    "weather_unknown",
    "shadow_mode",
    "not_allowed",
    "fault",
]
"""Why a mirror refuses, in the order of docs/protocol."""
