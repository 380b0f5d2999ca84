"""What Configuration Manager does, as data: facts with their source and certainty, and the questions asked of them."""
