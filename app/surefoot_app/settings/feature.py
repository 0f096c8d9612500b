"""Settings as the frame is told of them."""

from surefoot_app.shell.features import AT_FOOT, Feature, Later

SETTINGS = Feature(
    id="settings",
    title="app.settings.title",
    icon="settings",
    build=Later("surefoot_app.settings.page", "SettingsPage"),
    opens=("setting",),
    group=AT_FOOT,
)
