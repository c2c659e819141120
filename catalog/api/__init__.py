"""What a platform looks up: its model versions. And the frame of all resources for platforms."""
