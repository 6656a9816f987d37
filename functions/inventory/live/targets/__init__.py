"""Where changes are published: pages, other systems, and the queues for what neither of them accepts."""
