"""Deploys a stage to AWS: checks first, then build, stack, deletion protection and admin page."""
