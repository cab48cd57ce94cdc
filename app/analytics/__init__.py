"""From what backends send to boxes over pictures: brokers, adapters, timelines."""
