"""The figures that a run takes, and what each is to reach."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import override

from mira_sidecar.subjects.voice.names import BUILT_IN


@dataclass(frozen=True, slots=True)
class Target:
    """What a figure is to reach."""

    key: str
    limit: float
    at_least: bool = False
    unit: str = "times"
    """`times`: a ratio to what was measured beside it."""

    def holds(self, value: float) -> bool:
        """Whether a value reaches it."""
        return value >= self.limit if self.at_least else value <= self.limit

    @override
    def __str__(self) -> str:
        """As it stands in the table."""
        return f"{'≥' if self.at_least else '≤'} {self.limit:g} {self.unit}"


@dataclass(frozen=True, slots=True)
class Measured:
    """What a figure came to."""

    value: float | None
    """None where it could not be taken here."""
    note: str
    """The figures behind it, or why there is none."""


SIDECAR = (
    Target("one_in_flight_p50_vs_floor", 1.7),
    Target("one_in_flight_p99_vs_floor", 2.5),
    Target("one_in_flight_1000_todos_vs_4", 1.15),
    Target("throughput_vs_naive", 90, at_least=True),
    Target("throughput_vs_mosquitto_qos1", 4, at_least=True),
    Target("slow_disk_p50_vs_floor", 1.3),
    Target("start_1m_events_vs_empty", 1.5),
    Target("query_last_100_ms", 2, unit="ms"),
    Target("query_gestures_last_day_100_ms", 2, unit="ms"),
    Target("decision_us", 15, unit="µs"),
    Target("writer_p99_ms_during_retention", 20, unit="ms"),
    Target("rss_mb", 60, unit="MB"),
    Target("alone_rss_mb", 45, unit="MB"),
    Target("alone_start_s", 0.6, unit="s"),
    Target("idle_cpu_percent", 0.5, unit="%"),
)

INTEGRATION = (
    Target("events_lost", 0, unit="events"),
    Target("loop_delay_p99_ms", 20, unit="ms"),
    Target("event_seen_p99_ms", 100, unit="ms"),
    Target("memory_growth_mb", 10, unit="MB"),
    Target("page_turn_ms", 2, unit="ms"),
    Target("page_turn_1000_todos_vs_4", 1.15),
    Target("page_turn_bytes", 2_000, unit="bytes"),
)

DISPLAY = (
    Target("entity_painted_p50_ms", 8, unit="ms"),
    Target("entity_painted_above_empty_ms", 4, unit="ms"),
    Target("entity_painted_p99_ms", 25, unit="ms"),
    Target("command_painted_p50_ms", 15, unit="ms"),
    Target("first_load_kb", 60, unit="kB"),
    Target("first_clock_s", 1.5, unit="s"),
    Target("slow_first_clock_new_s", 7, unit="s"),
    Target("slow_first_clock_s", 2, unit="s"),
    Target("renderer_at_rest_percent", 0.7, unit="%"),
    Target("heap_growth_kb", 100, unit="kB"),  # in 6,000 updates: less than an object of each
    Target("nodes_growth", 0, unit="nodes"),
    Target("renderer_cpu_percent", 5, unit="%"),
    Target("slow_frames", 3, unit="frames"),
)

GESTURES = (
    Target("photographs_detected", 11, at_least=True, unit="photographs"),
    Target("photographs_right_percent", 100, at_least=True, unit="%"),
    Target("recorded_poses_percent", 97, at_least=True, unit="%"),
    Target("recorded_poses_by_rules_percent", 0, at_least=True, unit="%"),
    Target("made_up_swipes_percent", 98, at_least=True, unit="%"),
    Target("made_up_swipes_other_way", 0, unit="swipes"),
    Target("made_up_waves_and_circles_percent", 95, at_least=True, unit="%"),
    Target("made_up_poses_percent", 95, at_least=True, unit="%"),
    Target("taught_recorded_found_percent", 90, at_least=True, unit="%"),
    Target("taught_recorded_others_percent", 1, unit="%"),
    Target("taught_made_up_found_percent", 90, at_least=True, unit="%"),
    Target("taught_made_up_others_percent", 1, unit="%"),
    Target("false_triggers_an_hour", 1, unit="an hour"),
    Target("filmed_right_percent", 90, at_least=True, unit="%"),
    Target("motion_end_to_stream_ms", 80, unit="ms"),
    Target("hold_end_to_stream_ms", 80, unit="ms"),
    Target("worker_cpu_percent_with_a_hand", 35, unit="%"),
    Target("worker_cpu_percent_with_nobody", 5, unit="%"),
    Target("worker_rss_mb", 150, unit="MB"),
)

VOICE = (
    *(Target(f"false_{word}_an_hour", 0.2, unit="an hour") for word in BUILT_IN),
    *(
        Target(f"missed_{word}_{place}{voices}_percent", limit if word in ("okay_nabu", "alexa") else 100, unit="%")
        for word in BUILT_IN
        for place, limit in (("1m", 3), ("2m", 12))
        for voices in ("_recorded", "")
    ),
    *(
        Target(f"missed_{word}_{how}_percent", 100, unit="%")
        for word in BUILT_IN
        for how in ("close_alone", "measured_alone", "1_m_after_a_pause", "1_m_at_once")
    ),
    Target("first_syllable_lost_worst_ms", 0, unit="ms"),
    Target("word_left_in_p50_ms", 300, unit="ms"),
    Target("told_after_p50_ms", 120, unit="ms"),
    Target("told_after_p95_ms", 250, unit="ms"),
    Target("wrong_words_raw_percent", 100, unit="%"),
    Target("wrong_words_enhanced_percent", 100, unit="%"),
    Target("listening_cpu_percent", 1.5, unit="%"),
    Target("listening_rss_mb", 110, unit="MB"),
    Target("microphone_open_ms", 1_000, unit="ms"),
    Target("chime_p50_ms", 120, unit="ms"),
    Target("chime_p95_ms", 250, unit="ms"),
    Target("silence_worst_ms", 200, unit="ms"),
    *(
        Target(f"found_over_a_reply_{level}_db_percent", least, at_least=True, unit="%")
        for level, least in ((0, 60), (10, 0), (20, 0))
    ),
    Target("microphone_free_worst_ms", 200, unit="ms"),
)

API = (
    Target("api_500_clients_last_p99_ms", 50, unit="ms"),
    Target("api_500_clients_growth_mb", 5, unit="MB"),
    Target("api_stalled_p99_vs_without", 1.1),
    Target("api_lone_decision_p50_vs_without", 1.1),
    Target("api_state_per_s", 3_000, at_least=True, unit="a second"),
    Target("api_command_per_s", 1_000, at_least=True, unit="a second"),
    Target("api_command_p99_at_100_vs_redis", 3),
    Target("api_mixed_core_percent", 50, unit="%"),
    Target("api_idle_mb", 62, unit="MB"),
    Target("api_idle_percent", 0.6, unit="%"),
)

TALK = (
    Target("talk_first_text_added_p50_ms", 1, unit="ms"),
    Target("talk_stream_closed_p50_ms", 20, unit="ms"),
    Target("talk_tag_or_emoji_said", 0, unit="chunkings"),
    Target("talk_first_pixel_p50_ms", 35, unit="ms"),
    Target("talk_first_pixel_p99_ms", 70, unit="ms"),
    Target("talk_emotion_painted_p50_ms", 30, unit="ms"),
    Target("talk_emotion_painted_p99_ms", 60, unit="ms"),
    Target("talk_emotion_durable_p50_ms", 30, unit="ms"),
    Target("talk_emotion_durable_p99_ms", 60, unit="ms"),
    Target("talk_sound_before_emotion", 0, unit="turns"),
    Target("talk_prompt_characters", 6_000, unit="characters"),
    Target("talk_facts_kept_percent", 80, at_least=True, unit="%"),
    Target("talk_face_kb", 12, unit="kB"),
)

WINDOWS = (
    Target("windows_control_p50_vs_floor", 1.6),
    Target("windows_control_p99_ms", 20, unit="ms"),
    Target("windows_ingest_per_s", 2_000, at_least=True, unit="a second"),
    Target("windows_cpu_at_500_percent", 40, unit="%"),
    Target("windows_mqtt_added_mb", 30, unit="MB"),
    Target("windows_mqtt_added_start_s", 0.3, unit="s"),
)


def as_json(targets: Sequence[Target], measured: Mapping[str, Measured]) -> dict[str, dict[str, float | bool | None]]:
    """By key: `value`, `target` and `holds`; both are null where the figure could not be taken."""
    found: dict[str, dict[str, float | bool | None]] = {}
    for target in targets:
        value = measured[target.key].value
        holds = None if value is None else target.holds(value)
        found[target.key] = {
            "value": None if value is None else round(value, 3),
            "target": target.limit,
            "holds": holds,
        }
    return found


def as_table(targets: Sequence[Target], measured: Mapping[str, Measured]) -> str:
    """One line a figure, as Markdown."""
    lines = ["| figure | measured | to reach | | behind it |", "|---|---|---|---|---|"]
    for target in targets:
        figure = measured[target.key]
        if figure.value is None:
            shown, sign = "—", "—"
        else:
            value = f"{figure.value:,.0f}" if figure.value >= 1_000 else f"{figure.value:.3g}"
            shown, sign = f"{value} {target.unit}", "holds" if target.holds(figure.value) else "missed"
        lines.append(f"| `{target.key}` | {shown} | {target} | {sign} | {figure.note} |")
    return "\n".join(lines)
