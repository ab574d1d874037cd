"""What every request and every response passes through, from the socket to the view and back."""
