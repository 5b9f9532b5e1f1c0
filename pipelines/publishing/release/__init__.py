"""What a mart changes against another version."""
