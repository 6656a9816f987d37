"""The local AWS: starts it, deploys the unchanged template to it, stops it."""

from tools.local.lifecycle import local_aws, running_stack, usual_directory
from tools.local.settings import LocalSettings
from tools.local.stack import Credentials, Stack

__all__ = ["Credentials", "LocalSettings", "Stack", "local_aws", "running_stack", "usual_directory"]
