"""What every request and every answer passes, from the socket to the view and back."""
