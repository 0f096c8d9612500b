"""The frame: window, rail, top bar, palette, table of actions, notices. It knows no feature; they are registered."""
