"""Print every string of the course in English, as a file to translate.

python -m ppo_lib.course.words > zh.toml
"""

from __future__ import annotations

import itertools
import json

from ppo_lib.course.checks import exercises
from ppo_lib.course.words import ENGLISH

exercises()  # each lesson's checks add the messages of their mistakes
for section, keys in itertools.groupby(sorted(ENGLISH), lambda key: key.partition(".")[0]):
    print(f"[{section}]")
    for key in keys:
        name = key.removeprefix(f"{section}.")
        print(f"{json.dumps(name)} = {json.dumps(ENGLISH[key], ensure_ascii=False)}")
    print()
