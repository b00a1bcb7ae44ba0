"""The image's health check: with a webhook, asks the web server whether it is alive.

When polling there is no server to ask; a poller that hangs is ended by its own watchdog.
"""

import sys
import urllib.request

from bot.config import load_settings

settings = load_settings()
if settings.webhook_url:
    # Never through a proxy, which would look for the address on its own machine.
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        direct.open(f"{settings.local_webhook_url}/healthz", timeout=4).close()
    except OSError as error:
        sys.exit(f"the web server does not answer: {error}")
