"""The wall: one window a screen, one raster canvas in each, tiles and their furniture on it."""
