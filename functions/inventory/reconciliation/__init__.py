"""The scheduled jobs: settle stranded holds, send pending notifications, find counter drift."""
