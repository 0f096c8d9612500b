"""The Fusion style in our colours: a palette, and one style sheet made from the tokens.

Widgets carry two properties that the sheet knows: `role` (what a text is) and `kind` (what a control is).
"""

from string import Template

from PySide6.QtGui import QColor, QPalette

from surefoot import resources
from surefoot_app.theme.tokens import CONTROL, HEADER, RADIUS_CARD, RADIUS_CONTROL, ROLES, Tokens

_TEXTS = {
    "page-title": (20, 600, "text"), "step-title": (16, 600, "text"), "card-title": (14, 600, "text"),
    "body": (13, 400, "text"), "strong": (13, 600, "text"), "quiet": (13, 400, "muted"),
    "secondary": (12, 400, "muted"), "label": (12, 500, "muted"), "caption": (11, 400, "muted"),
    "figure": (24, 600, "text"), "bad": (12, 400, "bad"), "reading": (16, 400, "text"),
}  # fmt: skip

_SHEET = Template("""
* { outline: none; }
QWidget { font-size: ${s13}px; }
QToolTip { background: $surface; color: $text; border: 1px solid $edge; padding: 4px 8px; }
QMainWindow, QWidget[kind="page"] { background: $bg; }
QDialog { background: $surface; }
QWidget[kind="bare"] { background: transparent; border: none; }
QScrollArea, QScrollArea > QWidget > QWidget[kind="bare"] { background: transparent; border: none; }
QFrame[kind="card"] { background: $surface; border: 1px solid $border; border-radius: ${card}px; }
QFrame[kind="sunken"] { background: $sunken; border: 1px solid $border; border-radius: ${card}px; }
QFrame[kind="bar"] { background: $surface; border: none; border-bottom: 1px solid $border; }
QFrame[kind="foot"] { background: $surface; border: none; border-top: 1px solid $border; }
QFrame[kind="rail"] { background: $sunken; border: none; border-right: 1px solid $border; }
QFrame[kind="line"] { background: $border; border: none; max-height: 1px; min-height: 1px; }
QFrame[kind="row"] { border: none; border-bottom: 1px solid $border; }
QFrame[kind="info"] { background: $info_soft; border: none; border-radius: ${card}px; }
QFrame[kind="bad"] { background: $bad_soft; border: 1px solid $bad; border-radius: ${card}px; }
QFrame[kind="warn"] { background: $warn_soft; border: 1px solid $warn; border-radius: ${card}px; }
QLabel { background: transparent; color: $text; }
QLabel:disabled { color: $faint; }
$texts
QLabel[role="mono"] { font-family: "JetBrains Mono"; font-size: ${s12}px; }

QPushButton { min-height: ${inner}px; padding: 0 14px; border-radius: ${control}px; font-weight: 500;
  background: $surface; color: $text; border: 1px solid $edge; }
QPushButton:hover { background: $sunken; }
QPushButton:pressed { background: $border; }
QPushButton:focus { border: 2px solid $accent; padding: 0 13px; }
QPushButton:disabled { background: $sunken; color: $faint; border-color: $border; }
QPushButton[kind="primary"] { background: $fill; color: $on_fill; border: 1px solid $fill; font-weight: 600; }
QPushButton[kind="primary"]:hover { border-color: $text; }
QPushButton[kind="primary"]:focus { border: 2px solid $text; }
QPushButton[kind="primary"]:disabled { background: $border; color: $faint; border-color: $border; }
QPushButton[kind="danger"] { background: $danger; color: $on_fill; border: 1px solid $danger; font-weight: 600; }
QPushButton[kind="danger"]:hover { border-color: $text; }
QPushButton[kind="danger"]:focus { border: 2px solid $text; }
QPushButton[kind="danger"]:disabled { background: $border; color: $faint; border-color: $border; }
QPushButton[kind="quiet"] { background: transparent; color: $accent; border: 1px solid transparent; padding: 0 8px; }
QPushButton[kind="quiet"]:hover { background: $accent_soft; }
QPushButton[kind="quiet"]:focus { border: 2px solid $accent; padding: 0 7px; }
QPushButton[kind="quiet"]:disabled { color: $faint; }
QPushButton[kind="link"] { background: transparent; color: $accent; border: 2px solid transparent; padding: 0;
  min-width: 24px;
  margin-left: -2px; min-height: 20px; text-align: left; border-radius: 4px; }
QPushButton[kind="link"]:hover { text-decoration: underline; }
QPushButton[kind="link"]:focus { border: 2px solid $accent; }
QPushButton[kind="nav"] { background: transparent; color: $muted; border: 1px solid transparent; text-align: left;
  padding: 0 11px; }
QPushButton[kind="nav"]:hover { background: $border; }
QPushButton[kind="nav"]:checked { background: $accent_soft; color: $accent; font-weight: 600; }
QPushButton[kind="nav"]:focus { border: 2px solid $accent; padding: 0 10px; }
QPushButton[kind="step"] { background: transparent; border: 1px solid transparent; text-align: left; padding: 0; }
QPushButton[kind="step"]:hover { background: $sunken; }
QPushButton[kind="step"]:checked { background: $accent_soft; }
QPushButton[kind="step"]:focus { border: 2px solid $accent; }
QPushButton[kind="chip"] { border: 1px solid $border; border-radius: ${chip}px; padding: 0 11px; font-size: ${s12}px;
  min-height: ${chip_height}px; color: $muted; background: $surface; }
QPushButton[kind="chip"]:hover { border-color: $edge; }
QPushButton[kind="chip"]:checked { background: $accent_soft; color: $accent; border-color: $accent; }
QPushButton[kind="chip"]:focus { border: 2px solid $accent; padding: 0 10px; }
QPushButton[kind="segment"] { background: transparent; border: 1px solid transparent; color: $muted; padding: 0 12px;
  min-height: ${chip_height}px; font-size: ${s12}px; }
QPushButton[kind="segment"]:checked { background: $segment; color: $text; font-weight: 600; border-color: $border; }
QPushButton[kind="segment"]:focus { border: 2px solid $accent; padding: 0 11px; }
QPushButton[kind="pill"] { border: 1px solid transparent; border-radius: 11px; padding: 0 9px; font-size: ${s12}px;
  min-height: 22px; font-weight: 600; }
QPushButton[kind="pill"]:focus { border: 2px solid $accent; padding: 0 8px; }
QPushButton[kind="pill"][tone="ok"] { background: $ok_soft; color: $ok; }
QPushButton[kind="pill"][tone="warn"] { background: $warn_soft; color: $warn; }
QPushButton[kind="pill"][tone="bad"] { background: $bad_soft; color: $bad; }
QPushButton[kind="pill"][tone="info"] { background: $info_soft; color: $info; }
QPushButton[kind="pill"][tone="neutral"] { background: $sunken; color: $muted; }
QPushButton[kind="palette-field"] { text-align: left; color: $muted; font-weight: 400; padding: 0 12px; }
QPushButton[kind="palette-field"]:focus { padding: 0 11px; }
QToolButton { min-width: ${inner}px; min-height: ${inner}px; border: 1px solid transparent; background: transparent;
  border-radius: ${control}px; color: $text; }
QToolButton[kind="small"] { min-width: 22px; min-height: 22px; }
QToolButton:hover { background: $border; }
QToolButton:focus { border: 2px solid $accent; }
QToolButton::menu-indicator { image: none; }

QLineEdit, QPlainTextEdit, QTextEdit, QSpinBox, QDoubleSpinBox, QComboBox, QDateEdit { background: $surface;
  color: $text; border: 1px solid $edge; border-radius: ${control}px; min-height: ${inner}px; padding: 0 8px;
  selection-background-color: $fill; selection-color: $on_fill; placeholder-text-color: $faint; }
QPlainTextEdit, QTextEdit { padding: 6px 8px; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QSpinBox:focus, QComboBox:focus, QDateEdit:focus {
  border: 2px solid $accent; padding: 0 7px; }
QLineEdit:disabled, QComboBox:disabled { background: $sunken; color: $faint; border-color: $border; }
QLineEdit[wrong="true"] { border: 2px solid $bad; padding: 0 7px; }
QLineEdit[lead="true"] { padding-left: 32px; }
QLineEdit[lead="true"]:focus { padding-left: 31px; }
QComboBox { padding-right: 28px; }
QComboBox::drop-down { border: none; width: 0; }
QDateEdit::drop-down { border: none; width: 26px; }
QComboBox::down-arrow { image: none; }
QComboBox QAbstractItemView { background: $surface; color: $text; border: 1px solid $edge; padding: 4px;
  selection-background-color: $accent_soft; selection-color: $text; }
QCheckBox, QRadioButton { color: $text; spacing: 8px; min-height: 24px; border: 2px solid transparent;
  border-radius: 4px; padding: 0 2px; }
QCheckBox:focus, QRadioButton:focus { border-color: $accent; }
QCheckBox::indicator, QRadioButton::indicator, QMenu::indicator { width: 16px; height: 16px; background: $surface;
  border: 1px solid $edge; }
QCheckBox::indicator, QMenu::indicator { border-radius: 4px; }
QRadioButton::indicator { border-radius: 9px; }
QCheckBox::indicator:checked, QMenu::indicator:checked { background: $fill; border-color: $fill;
  image: url("$check"); }
QRadioButton::indicator:checked { width: 8px; height: 8px; border: 5px solid $fill; background: $on_fill; }
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled { background: $sunken; border-color: $border; }
QCheckBox::indicator:checked:disabled { background: $faint; border-color: $faint; }
QRadioButton::indicator:checked:disabled { background: $sunken; border-color: $faint; }

QTableView, QListView, QTreeView { background: $surface; color: $text; border: none; gridline-color: transparent;
  selection-background-color: $accent_soft; selection-color: $text; }
QListView:focus, QTableView:focus, QTreeView:focus { border: none; }
QHeaderView { background: $surface; border: none; }
QHeaderView::section { background: $surface; color: $muted; border: none; border-bottom: 1px solid $border;
  padding: 0 12px; font-size: ${s12}px; font-weight: 600; min-height: ${header}px; }
QTableCornerButton::section { background: $surface; border: none; }
QProgressBar { background: $border; border: none; border-radius: 2px; max-height: 4px; min-height: 4px; }
QProgressBar::chunk { background: $fill; border-radius: 2px; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 2px; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 2px; }
QScrollBar::handle { background: $scroll; border-radius: 3px; min-height: 32px; min-width: 32px; }
QScrollBar::handle:hover { background: $edge; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QMenu { background: $surface; color: $text; border: 1px solid $edge; border-radius: ${control}px; padding: 6px; }
QMenu::item { padding: 7px 24px 7px 12px; border-radius: 5px; }
QMenu::indicator { left: 8px; }
QMenu::item:selected { background: $accent_soft; color: $text; }
QMenu::item:disabled { color: $faint; }
QMenu::separator { height: 1px; background: $border; margin: 6px 8px; }
QSplitter::handle { background: transparent; }
""")


def palette(tokens: Tokens) -> QPalette:
    """What Fusion paints with where the sheet says nothing."""
    made = QPalette()
    role = QPalette.ColorRole
    pairs = (
        (role.Window, tokens.bg), (role.WindowText, tokens.text), (role.Base, tokens.surface),
        (role.AlternateBase, tokens.sunken), (role.Text, tokens.text), (role.Button, tokens.surface),
        (role.ButtonText, tokens.text), (role.ToolTipBase, tokens.surface), (role.ToolTipText, tokens.text),
        (role.PlaceholderText, tokens.faint), (role.Highlight, tokens.fill), (role.HighlightedText, tokens.on_fill),
        (role.Link, tokens.accent), (role.LinkVisited, tokens.accent), (role.Accent, tokens.fill),
        (role.BrightText, tokens.bad), (role.Light, tokens.surface), (role.Midlight, tokens.border),
        (role.Mid, tokens.edge), (role.Dark, tokens.edge), (role.Shadow, tokens.border),
    )  # fmt: skip
    for each, colour in pairs:
        made.setColor(each, QColor(colour))
    for each in (role.Text, role.WindowText, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, each, QColor(tokens.faint))
    return made


def sheet(tokens: Tokens, scale: int) -> str:
    """The style sheet of a scheme at a text size in per cent."""

    def sized(size: float) -> int:
        return round(size * scale / 100)

    texts = "\n".join(
        f'QLabel[role="{role}"] '
        f"{{ font-size: {sized(size)}px; font-weight: {weight}; color: {tokens.colour(colour)}; }}"
        for role, (size, weight, colour) in _TEXTS.items()
    )
    chip = sized(24)
    return _SHEET.substitute(
        {role: tokens.colour(role) for role in ROLES},
        texts=texts, s11=sized(11), s12=sized(12), s13=sized(13), card=RADIUS_CARD, control=RADIUS_CONTROL,
        inner=max(CONTROL, sized(CONTROL)) - 2, header=sized(HEADER) - 1, chip_height=chip, chip=chip // 2 + 1,
        segment="#2E3440" if tokens.is_dark else tokens.surface,
        scroll="#3A414E" if tokens.is_dark else "#C3C9D2",
        check=resources.path("icons", "check-on-fill.svg").as_posix(),
    )  # fmt: skip
