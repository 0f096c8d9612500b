"""Home as the frame is told of it."""

from surefoot_app.home.card import StartedCard
from surefoot_app.home.page import HomePage
from surefoot_app.home.watch import ProjectWatch
from surefoot_app.shell.features import Feature

HOME = Feature(
    id="home", title="app.home.title", icon="house", build=HomePage, group=0, watch=ProjectWatch, foot=StartedCard
)
