"""What a program with the Langfuse client for Python does. Prints what it got as JSON."""

import json
import logging
import os
import sys

from langfuse import Langfuse
from langfuse.api import NotFoundError

logging.disable(logging.CRITICAL)
client = Langfuse(
    public_key=os.environ["PUBLIC_KEY"],
    secret_key=os.environ["SECRET_KEY"],
    base_url=os.environ["BASE_URL"],
    tracing_enabled=False,
)


def text(prompt):
    return {
        "name": prompt.name,
        "version": prompt.version,
        "prompt": prompt.prompt,
        "labels": prompt.labels,
        "tags": prompt.tags,
        "config": prompt.config,
    }


def missing():
    try:
        client.get_prompt("support/nothing", max_retries=0)
    except NotFoundError as error:
        return {"status": error.status_code, "body": error.body}


reply = client.get_prompt("support/reply")
chat = client.get_prompt("support/chat", type="chat")
listed = client.api.prompts.list(limit=1, page=2)
raw = client.api.prompts.get("support%2Freply", resolve=False)
json.dump(
    {
        "known": client.auth_check(),
        "health": client.api.health.health().status,
        "reply": text(reply),
        "compiled": reply.compile(name="Ada", question="{{ name }}?"),
        "staging": client.get_prompt("support/reply", label="staging").prompt,
        "first": client.get_prompt("support/reply", version=1).prompt,
        "raw": raw.prompt,
        "graph": reply.name and client.api.prompts.get("support%2Freply").resolution_graph,
        "chat": chat.prompt,
        "messages": chat.compile(name="Ada", history=[{"role": "user", "content": "Hi"}]),
        "missing": missing(),
        "fallback": client.get_prompt("support/nothing", fallback="as before", max_retries=0).prompt,
        "listed": {
            "names": [item.name for item in listed.data],
            "versions": [item.versions for item in listed.data],
            "total": listed.meta.total_items,
            "pages": listed.meta.total_pages,
        },
    },
    sys.stdout,
)
