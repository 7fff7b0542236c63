/*
 * distance_bytes_core.c
 *		A distance as bytes: appending them, reading them, judging them, and the
 *		form in which they are sent.
 */
#include "star/distance_core.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void
star_buffer_bytes(StarBuffer *buffer, const void *data, size_t length)
{
	if (buffer->failed)
		return;
	if (buffer->length + length > buffer->capacity)
	{
		size_t		capacity = buffer->capacity < 128 ? 256 : buffer->capacity * 2;
		uint8_t    *larger;

		while (capacity < buffer->length + length)
			capacity *= 2;
		larger = buffer->memory.get(buffer->memory.arg, capacity);
		if (larger == NULL)
		{
			buffer->failed = true;
			return;
		}
		if (buffer->data != NULL)
		{
			memcpy(larger, buffer->data, buffer->length);
			buffer->memory.release(buffer->memory.arg, buffer->data);
		}
		buffer->data = larger;
		buffer->capacity = capacity;
	}
	if (length > 0)
		memcpy(buffer->data + buffer->length, data, length);
	buffer->length += length;
}

void
star_buffer_number(StarBuffer *buffer, uint64_t number)
{
	uint8_t		bytes[10];
	size_t		n = 0;

	while (number > 0x7f)
	{
		bytes[n++] = (uint8_t) (number | 0x80);
		number >>= 7;
	}
	bytes[n++] = (uint8_t) number;
	star_buffer_bytes(buffer, bytes, n);
}

/* For short pieces, up to 255 bytes. */
void
star_buffer_printf(StarBuffer *buffer, const char *format, ...)
{
	char		piece[256];
	va_list		arguments;
	int			length;

	va_start(arguments, format);
	length = vsnprintf(piece, sizeof(piece), format, arguments);
	va_end(arguments);
	if (length < 0 || (size_t) length >= sizeof(piece))
		buffer->failed = true;
	else
		star_buffer_bytes(buffer, piece, (size_t) length);
}

/* An unsigned number up to STAR_MAX_CLIENTS, in its shortest form. */
static bool
read_number(StarReader *reader, int64_t *number)
{
	uint64_t	value = 0;

	for (int shift = 0; shift < 42 && reader->next < reader->end; shift += 7)
	{
		uint8_t		byte = *reader->next++;

		value |= (uint64_t) (byte & 0x7f) << shift;
		if ((byte & 0x80) == 0)
		{
			*number = (int64_t) value;
			return value <= (uint64_t) STAR_MAX_CLIENTS && (byte != 0 || shift == 0);
		}
	}
	return false;
}

/* Reads the head and the number of clients. */
bool
star_reader_begin(StarReader *reader, const uint8_t *bytes, size_t length, StopFunction stop)
{
	if (!star_read_head(bytes, length, &reader->kind))
		return false;
	reader->next = bytes + reader->kind.head_length;
	reader->end = bytes + length;
	reader->left = 0;
	reader->stop = stop;
	reader->steps = 0;
	return read_number(reader, &reader->clients) && reader->clients > 0;
}

/* Begins the next list: a scale's, or after the last scale that of the means. */
bool
star_reader_list(StarReader *reader)
{
	return read_number(reader, &reader->left);
}

bool
star_reader_cell(StarReader *reader, StarCell *cell)
{
	int			highest = reader->kind.highest - reader->kind.lowest + 1;

	if (stop_now(reader->stop, &reader->steps) || reader->end - reader->next < 2)
		return false;
	cell->baseline = *reader->next++;
	cell->latest = *reader->next++;
	reader->left--;
	return cell->baseline <= highest && cell->latest <= highest &&
		cell->baseline + cell->latest > 0 && read_number(reader, &cell->clients) && cell->clients > 0;
}

bool
star_reader_mean(StarReader *reader, StarMean *mean)
{
	int64_t		numbers[3];
	int64_t		highest = reader->kind.highest - reader->kind.lowest + 1;

	reader->left--;
	if (stop_now(reader->stop, &reader->steps))
		return false;
	for (int i = 0; i < 3; i++)
		if (!read_number(reader, &numbers[i]))
			return false;
	if (numbers[0] < 1 || numbers[0] > reader->kind.scale_count ||
		numbers[1] < numbers[0] || numbers[1] > numbers[0] * highest ||
		numbers[2] < numbers[0] || numbers[2] > numbers[0] * highest)
		return false;
	mean->answered = (int) numbers[0];
	mean->baseline = (int) numbers[1];
	mean->latest = (int) numbers[2];
	return read_number(reader, &mean->clients) && mean->clients > 0;
}

/*
 * True if the bytes are a whole distance in its one form: lists in order, no
 * scale with more clients than there are, and the means agreeing with the
 * scales in answers and sums.  False too if it was stopped.
 */
bool
star_distance_is_valid(const uint8_t *bytes, size_t length, StopFunction stop)
{
	StarReader	reader;
	int64_t		answers = 0;
	int64_t		baseline_sum = 0;
	int64_t		latest_sum = 0;
	int64_t		clients = 0;
	int64_t		last = -1;

	if (!star_reader_begin(&reader, bytes, length, stop))
		return false;
	for (int i = 0; i < reader.kind.scale_count; i++)
	{
		last = -1;
		clients = 0;
		if (!star_reader_list(&reader))
			return false;
		while (reader.left > 0)
		{
			StarCell	cell;
			int64_t		key;

			if (!star_reader_cell(&reader, &cell))
				return false;
			key = cell.baseline << 8 | cell.latest;
			clients += cell.clients;
			if (key <= last || clients > reader.clients)
				return false;
			last = key;
			if (cell.baseline == 0 || cell.latest == 0)
				continue;
			answers += cell.clients;
			baseline_sum += cell.clients * cell.baseline;
			latest_sum += cell.clients * cell.latest;
		}
	}
	last = -1;
	clients = 0;
	if (!star_reader_list(&reader))
		return false;
	if (!star_one_direction(&reader.kind))
		return reader.left == 0 && reader.next == reader.end;
	while (reader.left > 0)
	{
		StarMean	mean;
		int64_t		key;

		if (!star_reader_mean(&reader, &mean))
			return false;
		key = (int64_t) mean.answered << 32 | (int64_t) mean.baseline << 16 | mean.latest;
		clients += mean.clients;
		if (key <= last || clients > reader.clients)
			return false;
		last = key;
		answers -= mean.clients * mean.answered;
		baseline_sum -= mean.clients * mean.baseline;
		latest_sum -= mean.clients * mean.latest;
	}
	return answers == 0 && baseline_sum == 0 && latest_sum == 0 && reader.next == reader.end;
}

/* Binary: the instrument as star_send_kind() has it, then the bytes after the head. */
bool
star_distance_send_bytes(const uint8_t *bytes, size_t length, StarBuffer *out)
{
	StarKind	kind;
	uint8_t		sent[STAR_MAX_BINARY];

	if (!star_read_head(bytes, length, &kind))
		return false;
	star_buffer_bytes(out, sent, star_send_kind(&kind, sent));
	star_buffer_bytes(out, bytes + kind.head_length, length - (size_t) kind.head_length);
	return !out->failed;
}

StarStatus
star_distance_recv_bytes(const uint8_t *in, size_t length, StarBuffer *out, StarError *error)
{
	StarKind	kind;
	uint8_t		head[STAR_MAX_HEAD];
	StarStatus	status = star_recv_kind(&in, &length, &kind, error);

	if (status != STAR_OK)
		return status;
	star_buffer_bytes(out, head, star_write_head(&kind, head));
	star_buffer_bytes(out, in, length);
	if (out->failed)
		return STAR_NO_MEMORY;
	if (!star_distance_is_valid(out->data, out->length, out->memory.stop))
	{
		snprintf(error->detail, sizeof(error->detail),
				 "The counts are cut short, out of order or disagree with each other.");
		return STAR_SYNTAX;
	}
	return STAR_OK;
}
