"""The local database. The only part that knows SQLAlchemy."""
