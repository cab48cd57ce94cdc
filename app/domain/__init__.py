"""Values and rules of the trade: cameras, layouts, walls. No input or output."""
