"""What explorers share: pictures that a reader can push, drawn in the browser."""
