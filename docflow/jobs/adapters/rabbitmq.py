"""RabbitMQ through dramatiq: its broker and messages; the loop, retries and delays are the job table's own."""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import structlog
from dramatiq import Consumer, Message, MessageProxy
from dramatiq.brokers.rabbitmq import RabbitmqBroker
from dramatiq.errors import BrokerError
from pika.adapters.utils.connection_workflow import AMQPConnectorException
from pika.exceptions import AMQPError

from docflow.core.errors import Unavailable
from docflow.jobs.ports import Share

logger = structlog.get_logger()

QUEUES = {Share.LANES: "docflow.lanes", Share.OTHERS: "docflow.others"}
ACTOR = "docflow.do_job"
HIGHEST_PRIORITY = 31
"""Priorities of jobs lie between 0 and 30; RabbitMQ keeps a part of the queue for each."""
CONNECT_TIMEOUT_S = 3
ANSWER_TIMEOUT_S = 4
HEARTBEAT_S = 4
WAKE_MS = 1000
RECONNECT_S = 1.0
AWAY = (BrokerError, AMQPError, AMQPConnectorException, OSError)
"""What a broker that is away, or that refuses, is seen by."""


class RabbitBroker:
    """Publishes with confirms and listens, one connection a thread; nothing is contacted before it is needed."""

    def __init__(self, url: str) -> None:
        """Take an ``amqp://`` or ``amqps://`` address; what it says of timeouts is kept."""
        # Both write of their own accord whenever a server is away, which is said here once and in one form.
        for name in ("pika", "dramatiq"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        self._broker = RabbitmqBroker(url=url, confirm_delivery=True, middleware=[], max_priority=HIGHEST_PRIORITY)
        parameters = self._broker.parameters
        defaults = {
            "socket_timeout": CONNECT_TIMEOUT_S,
            "stack_timeout": ANSWER_TIMEOUT_S,
            "blocked_connection_timeout": ANSWER_TIMEOUT_S,
            "heartbeat": HEARTBEAT_S,
        }
        for name, value in defaults.items():
            if f"{name}=" not in url:
                setattr(parameters, name, value)

    def publish(self, job_id: UUID, share: Share, *, priority: int) -> None:
        """Return once the broker confirmed that it has the message.

        Raises:
            Unavailable: ``broker_unavailable`` with ``reason``.
        """
        options = {"broker_priority": max(0, min(HIGHEST_PRIORITY, priority))}
        message: Message[None] = Message(
            queue_name=QUEUES[share], actor_name=ACTOR, args=(str(job_id),), kwargs={}, options=options
        )
        with self._translated():
            # One attempt at a connection; dramatiq would make six, each with its time-out, before it gave up.
            _ = self._broker.connection
            self._broker.enqueue(message)

    def listen(self, share: Share) -> RabbitTickets:
        """Begin to take messages of a share, and again after each time the broker was away."""
        return RabbitTickets(self._broker, QUEUES[share])

    def waiting(self, share: Share) -> int:
        """Return how many messages of a share wait for a worker.

        Raises:
            Unavailable: ``broker_unavailable`` with ``reason``.
        """
        with self._translated():
            self._broker.declare_queue(QUEUES[share], ensure=True)
            return self._broker.get_queue_message_counts(QUEUES[share])[0]

    def close(self) -> None:
        """Close what this thread holds open."""
        _close_connection(self._broker)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except AWAY as error:
            _close_connection(self._broker)
            # A queue that was deleted is declared anew at the next attempt.
            self._broker.queues_pending.update(self._broker.queues)
            raise Unavailable("broker_unavailable", reason=_reason(error)) from error


class RabbitTicket:
    """One message, held until it is given back."""

    def __init__(self, job_id: UUID, consumer: Consumer, message: MessageProxy) -> None:
        """Take the id and what acknowledges the message."""
        self.job_id = job_id
        self._consumer = consumer
        self._message = message

    def give_back(self) -> None:
        """Let the broker forget the message and hand out the next one."""
        # On a connection that was lost meanwhile there is nothing to acknowledge: it is handed out again, and dropped.
        with contextlib.suppress(*AWAY):
            self._consumer.ack(self._message)


class RabbitTickets:
    """A thread that keeps a connection alive, whatever its runner is busy with, and holds one message for it."""

    def __init__(self, broker: RabbitmqBroker, queue_name: str) -> None:
        """Begin to listen to a queue."""
        self._broker = broker
        self._queue_name = queue_name
        self._inbox: queue.SimpleQueue[RabbitTicket] = queue.SimpleQueue()
        self._is_stopping = threading.Event()
        self._is_connected = threading.Event()
        self._thread = threading.Thread(target=self._listen, name=f"tickets {queue_name}", daemon=True)
        self._thread.start()

    @property
    def is_connected(self) -> bool:
        """Whether the broker hands out messages just now."""
        return self._is_connected.is_set()

    def next(self, timeout_s: float) -> RabbitTicket | None:
        """Wait for a message; none when there is none in time or the broker is away."""
        try:
            return self._inbox.get(timeout=timeout_s) if timeout_s > 0 else self._inbox.get_nowait()
        except queue.Empty:
            return None

    def close(self) -> None:
        """Stop listening; what was not given back is handed to another."""
        self._is_stopping.set()
        self._thread.join(ANSWER_TIMEOUT_S + CONNECT_TIMEOUT_S)

    def _listen(self) -> None:
        is_known_away = False
        while not self._is_stopping.is_set():
            try:
                self._take_messages()
            except AWAY as error:
                if not is_known_away:
                    logger.warning("broker_away", queue=self._queue_name, reason=_reason(error))
                is_known_away = True
            except Exception:
                # The boundary of the thread: whatever the client raises, the runner gets its messages again.
                logger.exception("broker_interrupted", queue=self._queue_name)
            finally:
                if self._is_connected.is_set():
                    is_known_away = False
                self._is_connected.clear()
            self._is_stopping.wait(RECONNECT_S)

    def _take_messages(self) -> None:
        consumer = self._consumer()
        self._is_connected.set()
        logger.info("broker_connected", queue=self._queue_name)
        try:
            for message in consumer:
                if self._is_stopping.is_set():
                    break
                if message is not None:
                    self._hand_over(consumer, message)
        finally:
            with contextlib.suppress(*AWAY):
                consumer.close()

    def _consumer(self) -> Consumer:
        # The queue may have been deleted while the broker was away.
        self._broker.queues_pending.add(self._queue_name)
        try:
            return self._broker.consume(self._queue_name, prefetch=1, timeout=WAKE_MS)
        finally:
            # The connection that declared the queue is not the consumer's; nobody would answer for it.
            _close_connection(self._broker)

    def _hand_over(self, consumer: Consumer, message: MessageProxy) -> None:
        try:
            job_id = UUID(message.args[0])
        except (ValueError, IndexError, TypeError, AttributeError):
            logger.warning("broker_message_strange", queue=self._queue_name)
            consumer.ack(message)
            return
        self._inbox.put(RabbitTicket(job_id, consumer, message))


def _close_connection(broker: RabbitmqBroker) -> None:
    with contextlib.suppress(*AWAY):
        del broker.connection


def _reason(error: BaseException) -> str:
    """Return what happened as the name of an exception: its text may hold the address, and with it the password."""
    while isinstance(error, BrokerError) and isinstance(error.args[0] if error.args else None, BaseException):
        error = error.args[0]
    if isinstance(error, AMQPError) and error.args and isinstance(error.args[0], BaseException):
        return f"{type(error).__name__}: {type(error.args[0]).__name__}"
    return type(error).__name__
