"""A server per test, on a free port."""

import contextlib

import pytest
from web_house import FakeApp, Site

from web.limits import Limits
from web.serve import Server

QUICK = Limits(receive_seconds=0.3)


@pytest.fixture
def serve(tmp_path):
    """Starts a server with the given limits; all are stopped at the end."""
    with contextlib.ExitStack() as stack:

        def start(limits=QUICK):
            public = tmp_path / "public"
            public.mkdir(exist_ok=True)
            app = FakeApp(public)
            server = Server(app, "127.0.0.1", 0, limits)
            stack.callback(server.stop)
            return Site(app, server.start(), server.stop)

        yield start


@pytest.fixture
def site(serve):
    return serve()
