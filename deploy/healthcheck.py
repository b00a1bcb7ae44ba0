"""The image's health check: with a webhook, asks the web server whether it is alive.

When polling there is no server to ask; a poller that hangs is ended by its own watchdog.
"""

import os
import sys
import urllib.request

if os.environ.get("WEBHOOK_URL"):
    port = os.environ.get("WEBHOOK_PORT") or "8080"
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=4).close()
    except OSError as error:
        sys.exit(f"the web server does not answer: {error}")
