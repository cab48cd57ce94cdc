"""One module a wire format: bytes in, ``DetectionFrame`` and ``AnalyticsEvent`` out."""
