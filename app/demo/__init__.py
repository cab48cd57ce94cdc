"""The demo city: drawn scenes and RTSP cameras on loopback, in a process of their own."""
