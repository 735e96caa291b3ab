"""What it decides: nothing."""

from mira_sidecar.core.subject import Subject

SUBJECT = Subject(name="watching")
