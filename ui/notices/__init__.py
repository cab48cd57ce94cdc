"""What is wrong right now, shown beside the video, never over it."""
