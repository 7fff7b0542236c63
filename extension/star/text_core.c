/*
 * text_core.c
 *		What both pictures share: escaped text, lines that fit their place,
 *		heading, markers and legend.
 */
#include "star/drawing_core.h"

#include <string.h>

#define HEADING_SIZE 18.0
#define HEADING_LINES 8
#define BOLD 1.1				/* bold letters are so much wider */
#define MARGIN 16.0

/* Widths of sans-serif letters differ: this much of the size is ample for a lower-case text. */
#define LETTER 0.56

StarText
star_text(const char *zero_terminated)
{
	return (StarText) {zero_terminated, strlen(zero_terminated)};
}

/*
 * The text with what XML keeps for itself as entities; control characters,
 * which XML forbids, as blanks.
 */
void
star_svg_escape(StarBuffer *out, StarText text)
{
	for (size_t i = 0; i < text.length; i++)
	{
		unsigned char c = (unsigned char) text.data[i];

		switch (c)
		{
			case '<':
				star_buffer_bytes(out, "&lt;", 4);
				break;
			case '>':
				star_buffer_bytes(out, "&gt;", 4);
				break;
			case '&':
				star_buffer_bytes(out, "&amp;", 5);
				break;
			case '"':
				star_buffer_bytes(out, "&quot;", 6);
				break;
			case '\'':
				star_buffer_bytes(out, "&#39;", 5);
				break;
			default:
				if (c < ' ' || c == 0x7f)
					c = ' ';
				/* U+FFFE and U+FFFF, in UTF-8, are no characters of XML. */
				if (c == 0xef && i + 2 < text.length && (unsigned char) text.data[i + 1] == 0xbf &&
					((unsigned char) text.data[i + 2] & 0xfe) == 0xbe)
				{
					star_buffer_bytes(out, " ", 1);
					i += 2;
					break;
				}
				star_buffer_bytes(out, &c, 1);
		}
	}
}

/* An ample width; letters beyond Latin, Greek and Cyrillic count double. */
double
star_text_width(StarText text, double size)
{
	double		letters = 0;

	for (size_t i = 0; i < text.length; i++)
	{
		unsigned char c = (unsigned char) text.data[i];

		if ((c & 0xc0) == 0x80)
			continue;
		if (c >= 0xe1)
			letters += 2;
		else if ((c >= 'A' && c <= 'Z') || c == 'm' || c == 'w' || c == '&')
			letters += 1.35;
		else
			letters += 1;
	}
	return letters * LETTER * size;
}

/*
 * Breaks text at blanks into lines that fit, at most max_lines; the last takes
 * what is left.  A word wider than a line stands alone (it is drawn squeezed).
 */
int
star_wrap(StarText text, double size, double width, StarText *lines, int max_lines)
{
	int			n = 0;
	size_t		at = 0;

	while (at < text.length && n < max_lines)
	{
		size_t		end = at;
		size_t		next;

		while (at < text.length && (unsigned char) text.data[at] <= ' ')
			at++;
		if (at == text.length)
			break;
		end = at;
		do
		{
			next = end;
			while (next < text.length && (unsigned char) text.data[next] <= ' ')
				next++;
			while (next < text.length && (unsigned char) text.data[next] > ' ')
				next++;
			if (end > at && star_text_width((StarText) {text.data + at, next - at}, size) > width)
				break;
			end = next;
		} while (end < text.length);
		if (n == max_lines - 1)
			end = text.length;
		while (end > at && (unsigned char) text.data[end - 1] <= ' ')
			end--;
		lines[n++] = (StarText) {text.data + at, end - at};
		at = end;
	}
	return n;
}

/*
 * One line of text; squeezed into width if it is wider, so that nothing is
 * clipped.  attributes are put in as they are.
 */
void
star_svg_line_of_text(StarBuffer *out, StarText text, double x, double y, double size, double width,
					  const char *anchor, const char *attributes)
{
	star_buffer_printf(out, "<text x=\"%.1f\" y=\"%.1f\" font-size=\"%g\" text-anchor=\"%s\"%s", x, y,
					   size, anchor, attributes);
	if (star_text_width(text, size) > width)
		star_buffer_printf(out, " textLength=\"%.0f\" lengthAdjust=\"spacingAndGlyphs\"", width);
	star_buffer_bytes(out, ">", 1);
	star_svg_escape(out, text);
	star_buffer_bytes(out, "</text>\n", 8);
}

/* The root element; <title> and <desc> and the rest are the caller's. */
void
star_svg_begin(StarBuffer *out, double height)
{
	star_buffer_printf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"%d\" height=\"%.0f\" ",
					   STAR_PICTURE_WIDTH, height);
	star_buffer_printf(out, "viewBox=\"0 0 %d %.0f\" font-family=\"sans-serif\" fill=\"#222\">\n",
					   STAR_PICTURE_WIDTH, height);
}

static int
heading_lines(StarText title, StarText *lines)
{
	return star_wrap(title, BOLD * HEADING_SIZE, STAR_PICTURE_WIDTH - 2 * MARGIN, lines, HEADING_LINES);
}

double
star_heading_height(StarText title)
{
	StarText	lines[HEADING_LINES];

	return MARGIN + 24 * heading_lines(title, lines);
}

/* The heading, over as many lines as it needs; gives its height. */
double
star_svg_heading(StarBuffer *out, StarText title)
{
	StarText	lines[HEADING_LINES];
	int			n = heading_lines(title, lines);

	star_buffer_printf(out, "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n");
	for (int i = 0; i < n; i++)
		star_svg_line_of_text(out, lines[i], STAR_PICTURE_WIDTH / 2.0, MARGIN + 14 + 24 * i, HEADING_SIZE,
							  STAR_PICTURE_WIDTH - 2 * MARGIN, "middle", " font-weight=\"bold\"");
	return MARGIN + 24 * n;
}

/* Latest is a full circle, baseline an open square. */
void
star_svg_marker(StarBuffer *out, bool latest, double x, double y)
{
	if (latest)
		star_buffer_printf(out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"5\" fill=\"#1f4e79\"/>\n", x, y);
	else
		star_buffer_printf(out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"12\" height=\"12\" fill=\"#fff\" stroke=\"#a34a00\" stroke-width=\"2\"/>\n",
						   x - 6, y - 6);
}

/* One line of legend, of lines or markers alone, with a remark at its right. */
void
star_svg_legend(StarBuffer *out, double y, bool with_baseline, bool with_lines, const char *remark)
{
	double		x = MARGIN;
	double		half = with_lines ? 22 : 7;

	if (with_baseline)
	{
		if (with_lines)
			star_buffer_printf(out, "<path d=\"M%.1f %.1fh44\" stroke=\"#a34a00\" stroke-width=\"2\" stroke-dasharray=\"6 4\"/>\n", x, y);
		star_svg_marker(out, false, x + half, y);
		star_svg_line_of_text(out, star_text("baseline"), x + 2 * half + 8, y + 4.5, 13, 80, "start", "");
		x += 2 * half + 86;
	}
	if (with_lines)
		star_buffer_printf(out, "<path d=\"M%.1f %.1fh44\" stroke=\"#1f4e79\" stroke-width=\"3\"/>\n", x, y);
	star_svg_marker(out, true, x + half, y);
	star_svg_line_of_text(out, star_text("latest"), x + 2 * half + 8, y + 4.5, 13, 60, "start", "");
	x += 2 * half + 66;
	star_svg_line_of_text(out, star_text(remark), STAR_PICTURE_WIDTH - MARGIN, y + 4.5, 13,
						  STAR_PICTURE_WIDTH - MARGIN - x, "end", "");
}
