"""The demo city's analytics backend: ONVIF boxes and events of the drawn objects."""
