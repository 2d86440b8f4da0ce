"""The ground every test stands on: real servers, two database roles."""

pytest_plugins = ["tests.servers", "tests.cast"]
