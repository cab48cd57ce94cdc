"""Clock, events, tasks, errors and redaction: what every other part stands on."""
