"""What everything looks like: tokens, palette and sheet, typefaces, icons."""

from surefoot_app.theme.fonts import Weight, load, made
from surefoot_app.theme.icons import icon, pixmap
from surefoot_app.theme.state import Mode, Theme, px, theme, tokens
from surefoot_app.theme.tokens import Tokens, Tone

__all__ = ["Mode", "Theme", "Tokens", "Tone", "Weight", "icon", "load", "made", "pixmap", "px", "theme", "tokens"]
