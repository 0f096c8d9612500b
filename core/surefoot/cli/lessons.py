"""`surefoot lesson`."""

from dataclasses import asdict

from surefoot.cli.call import Answer, Call
from surefoot.guide import lessons

_LETTERS = "abc"


def show(call: Call) -> Answer:
    """Shows a lesson, or which there are."""
    language = call.words.language
    if call["lesson"] is None:
        found = lessons.lessons(language)
        width = max(len(lesson.name) for lesson in found)
        lines = [f"  {lesson.name:{width}}  {lesson.title}" for lesson in found]
        data = {"lessons": [{"name": lesson.name, "title": lesson.title, "on": lesson.on} for lesson in found]}
        return Answer(data, (call.words("say.lesson.list"), *lines))
    lesson = lessons.named(call["lesson"], language)
    answers = [f"  {letter}) {text}" for letter, text in zip(_LETTERS, lesson.answers, strict=True)]
    right = call.words("say.lesson.right", letter=_LETTERS[lesson.right], because=lesson.because)
    act = f"  surefoot {lesson.act}"
    return Answer(
        asdict(lesson), (lesson.title, "", lesson.idea, "", lesson.do, act, "", lesson.question, *answers, right)
    )
