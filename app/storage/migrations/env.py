"""What Alembic executes: run the steps on the connection that the program hands over."""

from alembic import context

from app.storage.tables import Row

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Row.metadata,
    render_as_batch=True,
)
context.run_migrations()
