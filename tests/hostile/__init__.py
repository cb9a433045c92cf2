"""Text that means harm, in every field and on every surface: it stays text that a reader can see."""
