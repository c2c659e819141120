"""How one sees from outside that the system lives, what it does and how long that takes."""
