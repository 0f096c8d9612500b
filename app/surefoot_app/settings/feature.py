"""Settings as the frame is told of them."""

from surefoot_app.settings.page import SettingsPage
from surefoot_app.shell.features import AT_FOOT, Feature

SETTINGS = Feature(
    id="settings", title="app.settings.title", icon="settings", build=SettingsPage, opens=("setting",), group=AT_FOOT
)
