"""What several lessons measure: a batch, an update of it, and what every step of it did."""
