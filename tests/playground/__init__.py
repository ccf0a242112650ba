"""The playground: who is let in, what is done for whom, and a tour of the page in a browser."""
