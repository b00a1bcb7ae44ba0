import os
import subprocess
import sys

# What a bot that polls has no use for, unless somebody asks for it.
NEEDLESS = ("PIL", "prometheus_client", "starlette", "tqdm", "uvicorn")
_LOADED = f"""
import sys
import bot.cli, bot.reloading, bot.telegram.running
print(*(name for name in {NEEDLESS} if name in sys.modules))
"""


def test_what_polling_does_not_need_is_not_loaded() -> None:
    """Pictures, figures, the web server and progress bars take memory only where they are used."""
    env = {**os.environ, "PTB_TIMEDELTA": "1"}
    done = subprocess.run(
        [sys.executable, "-c", _LOADED], env=env, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []
