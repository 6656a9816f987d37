"""What a checkout of each outcome uses on AWS, and what that costs."""
